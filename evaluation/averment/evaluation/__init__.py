"""How good the system is: data sets, metrics, runners, reports."""
