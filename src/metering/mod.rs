//! Usage to money, budgets, live estimates, what-if: pure and exact.
