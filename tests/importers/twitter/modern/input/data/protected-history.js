window.YTD.protected_history.part0 = [
 {"protectedHistory": {"protectedAt": "2026-03-02T00:00:00.000Z", "action": "Unprotect"}},
 {"protectedHistory": {"protectedAt": "2026-03-01T00:00:00.000Z", "action": "Protect"}}
]
