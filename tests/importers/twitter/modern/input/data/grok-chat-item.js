window.YTD.grok_chat_item.part0 = [
 {"grokChatItem": {"message": "bonjour", "sender": "Agent"}},
 {"grokChatItem": {"message": "salut", "sender": "User"}}
]
