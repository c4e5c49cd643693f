window.YTD.contact.part0 = [
 {"contact": {"id": "1", "phoneNumbers": ["+33600000000"]}}
]
