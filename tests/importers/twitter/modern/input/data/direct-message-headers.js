window.YTD.direct_message_headers.part0 = [
 {"dmConversation": {"conversationId": "1001-1002", "messages": [{"messageCreate": {"id": "2013553336120246273", "senderId": "1002", "recipientId": "1001", "createdAt": "2026-01-20T10:05:00.123Z"}}, {"messageCreate": {"id": "99", "senderId": "1002", "recipientId": "1001", "createdAt": "2026-01-20T10:06:00.123Z"}}]}}
]
