window.YTD.account.part0 = [
 {"account": {"email": "lea@example.org", "createdVia": "web", "username": "lea_m", "accountId": "1001", "createdAt": "2010-05-02T08:00:00.000Z", "accountDisplayName": "Léa M."}}
]
