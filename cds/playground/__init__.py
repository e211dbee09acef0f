"""The playground: an order in plain form, the hook call it stands for, and what the service makes of it. Pure: no HTTP, no clock.

`choices` is what may be chosen, `form` what was filled in, `request` the hook call of it, `examination` the answer taken apart, `accept` the
form after one of its suggestions, `cases` a library of filled-in forms.
"""
