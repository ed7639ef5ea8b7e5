"""The balance of the customer's account with the company."""

from datetime import date

from reconciler.model.fact import Amount, Fact


class Balance(Fact):
    """What stands on the account; negative where the customer owes."""

    kind = "balance"
    plural = "balance"
    columns = ("amount", "as_of")
    single = True
    measure = "amount"

    amount: Amount
    as_of: date
