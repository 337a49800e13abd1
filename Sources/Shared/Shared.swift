package enum Shared {}
