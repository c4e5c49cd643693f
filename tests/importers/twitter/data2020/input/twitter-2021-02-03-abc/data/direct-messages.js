window.YTD.direct_messages.part0 = [
 {"dmConversation": {"messages": [{"messageCreate": {"senderId": "1002", "id": "dm1", "text": "sans identifiant de conversation", "createdAt": "1609833600000", "mediaUrls": [], "urls": [], "reactions": [], "recipientId": "1001"}}]}},
 {"dmConversation": {"conversationId": "1001-1002", "messages": [{"messageCreate": {"senderId": "1001", "id": "dm2", "text": "retour", "createdAt": "2021-01-05T09:00:00.000Z", "mediaUrls": [], "urls": [], "reactions": [], "recipientId": "1002"}}]}}
]
