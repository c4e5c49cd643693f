window.YTD.direct_message_headers.part0 = [
 {"dmConversation": {"conversationId": "1001-1002", "messages": [{"messageCreate": {"id": "1600038582481846273", "senderId": "1002", "recipientId": "1001", "createdAt": "2022-12-06T08:05:00.000Z"}}, {"messageCreate": {"id": "1600037324190646273", "senderId": "1001", "recipientId": "1002", "createdAt": "2022-12-06T08:00:00.000Z"}}]}}
]
