window.YTD.direct_message.part0 = [
 {"dmConversation": {"conversationId": "1001-1002", "messages": [{"messageCreate": {"recipientId": "1002", "senderId": "1001", "id": "1002822121681846273", "text": "salut", "createdAt": "2018-06-02T08:00:00.000Z", "mediaUrls": []}}]}}
]
