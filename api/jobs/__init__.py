"""Long work: kept, one after the other, resumed."""
