"""Contracts that differ in names and in a clause or two."""

CLAUSES = """
1. Definitions. Terms with capital letters have the meaning given to them in this Agreement and its schedules.

2. Services. The provider shall perform the services described in Schedule A with due care and skill.

3. Fees. The customer shall pay each invoice within {days} days of receipt. Late payment bears interest.

4. Termination. Either party may terminate this Agreement without cause upon {notice} days prior written notice.

5. Governing Law. This Agreement shall be governed by and construed in accordance with the laws of {law}.

6. Confidentiality. The receiving party shall not disclose confidential information to any third party.
"""


def contract(title: str, first: str, second: str, *, days: int = 30, notice: int = 60, law: str = "Delaware") -> str:
    """Write a contract."""
    head = (
        f'{title}\n\nThis {title.title()} (this "Agreement") is made as of March 3, 2021 by and between {first}, '
        f"a company, and {second}, a company.\n\nWHEREAS, the parties agree as follows:\n"
    )
    return head + CLAUSES.format(days=days, notice=notice, law=law)


def report(issuer: str, ended: str, quarter: str) -> str:
    """Write a quarterly report."""
    return (
        "FORM 10-Q\nQUARTERLY REPORT PURSUANT TO SECTION 13 OR 15(d)\n"
        f"For the quarterly period ended {ended}\n\n{issuer}\n"
        "(Exact name of registrant as specified in its charter)\n\n"
        f"Item 1. Financial Statements\nRevenue of the {quarter} rose to $ 1,234 thousand. Net income fell.\n"
        f"In the {quarter} and again in the {quarter} inventories of parts were written down.\n"
    )
