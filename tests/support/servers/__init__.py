"""Real servers for tests: started on free ports, waited for, and ended with whoever started them."""
