"""A master agreement, its amendments and an exhibit, written for the tests; nobody's documents."""

MASTER = """MASTER SERVICES AGREEMENT

This Master Services Agreement (this "Agreement") is made and entered into as of January 10, 2022 (the "Effective \
Date") by and between Halden Logistics AG ("Customer") and Opal Data Services GmbH ("Supplier").

1. Definitions

1.1 "Business Hours" means 8 a.m. to 6 p.m. on every day on which banks are open in Hamburg.

1.2 "Confidential Information" means all information that a party marks as confidential.

2. Term

2.1 Initial Term. The initial term of this Agreement shall commence on the Effective Date and continue for a period \
of three (3) years.

2.2 Renewal. This Agreement shall automatically renew for successive terms of one (1) year each unless either party \
gives written notice of non-renewal at least sixty (60) days prior to the end of the then-current term.

4. Fees

4.1 Fees. Customer shall pay the fees set out in Exhibit B, which is incorporated herein by reference.

4.2 Payment Term. Customer shall pay each undisputed invoice within thirty (30) days after receipt.

4.3 Late Payment. Late payments bear interest of one percent (1%) per month.

5. Support. Supplier shall answer requests for support within four (4) hours during Business Hours.

7. Audit

7.3 Audit Right. Customer may audit the books and records of Supplier once a year on ten (10) days' notice.

8. Liability. The total liability of Supplier under this Agreement shall not exceed EUR 500,000 in any year, subject \
to Section 9.1.

9. Exceptions

9.1 Nothing in this Agreement limits the liability for gross negligence or wilful misconduct.

12. Governing Law. This Agreement shall be governed by the laws of Germany.
"""

FIRST = """AMENDMENT NO. 1 TO MASTER SERVICES AGREEMENT

This Amendment No. 1 (this "Amendment") is made and entered into as of May 15, 2023 and takes effect on June 1, 2023, \
by and between Halden Logistics AG ("Customer") and Opal Data Services GmbH ("Supplier"), and amends the Master \
Services Agreement dated as of January 10, 2022 between the parties (the "Agreement").

1. Section 4.2 of the Agreement is hereby amended and restated in its entirety to read as follows:

"4.2 Payment Term. Customer shall pay each undisputed invoice within forty-five (45) days after receipt."

2. Section 7.3 of the Agreement is hereby deleted in its entirety.

3. In Section 8 of the Agreement the words "EUR 500,000" are replaced by the words "EUR 750,000".

4. Except as expressly amended hereby, the Agreement remains in full force and effect. This Amendment shall be \
governed by the laws of Austria.
"""

SECOND = """AMENDMENT NO. 2 TO MASTER SERVICES AGREEMENT

This Amendment No. 2 (this "Amendment") is made and entered into as of February 3, 2025 and takes effect on March 1, \
2025, by and between Halden Logistics AG ("Customer") and Opal Data Services GmbH ("Supplier"), and amends the Master \
Services Agreement dated as of January 10, 2022 between the parties (the "Agreement").

1. Section 4.2 of the Agreement is hereby deleted and replaced with the following:

"4.2 Payment Term. Customer shall pay each undisputed invoice within sixty (60) days after receipt."

2. A new Section 6.1 is hereby added to the Agreement as follows:

"6.1 Insurance. Supplier shall maintain liability insurance of not less than EUR 2,000,000."

3. Except as expressly amended hereby, the Agreement remains in full force and effect.
"""

EXHIBIT = """EXHIBIT B TO THE MASTER SERVICES AGREEMENT

Fees

This Exhibit B forms part of the Master Services Agreement between Halden Logistics AG and Opal Data Services GmbH.

The monthly fee for hosting is EUR 12,500. The monthly fee for support is EUR 4,200.
"""
