window.YTD.direct_messages.part0 = [
 {"dmConversation": {"conversationId": "1001-1002", "messages": [{"messageCreate": {"senderId": "1002", "id": "51", "text": "un", "createdAt": "2022-12-06T08:05:00.000Z", "mediaUrls": [], "urls": [], "reactions": [], "recipientId": "1001"}}]}},
 {"dmConversation": {"conversationId": "1001-1003", "messages": [{"messageCreate": {"senderId": "1003", "id": "52", "text": "deux", "createdAt": "2022-12-06T08:06:00.000Z", "mediaUrls": [], "urls": [], "reactions": [], "recipientId": "1001"}}]}}
]
