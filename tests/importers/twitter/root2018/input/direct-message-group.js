window.YTD.direct_message_group.part0 = [
 {"dmConversation": {"conversationId": "9000009", "messages": [{"messageCreate": {"senderId": "1003", "id": "1003184509547446273", "text": "bonjour", "createdAt": "2018-06-03T08:00:00.000Z", "mediaUrls": []}}]}}
]
