"""The control API below /sandbox: what people do, which faults there are, and what is to be seen."""
