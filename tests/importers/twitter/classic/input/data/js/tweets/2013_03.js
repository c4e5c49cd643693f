Grailbird.data.tweets_2013_03 = 
 [
 {
  "source": "web",
  "entities": {
   "user_mentions": [
    {
     "name": "Omar",
     "screen_name": "omar_b",
     "indices": [
      0,
      7
     ],
     "id_str": "1002",
     "id": 1002
    }
   ],
   "media": [],
   "hashtags": [],
   "urls": []
  },
  "geo": {},
  "in_reply_to_status_id_str": "311699999999999999",
  "id_str": "311700000000000001",
  "in_reply_to_user_id": 1002,
  "text": "@omar_b oui\ndemain",
  "id": 311700000000000001,
  "in_reply_to_status_id": 311699999999999999,
  "created_at": "2013-03-13 08:52:14 +0000",
  "in_reply_to_screen_name": "omar_b",
  "in_reply_to_user_id_str": "1002",
  "user": {
   "name": "Léa",
   "screen_name": "lea_m",
   "protected": false,
   "id_str": "1001",
   "id": 1001
  }
 },
 {
  "source": "web",
  "entities": {
   "user_mentions": [
    {
     "name": "Inès",
     "screen_name": "ines_k",
     "indices": [
      3,
      10
     ],
     "id": 1003
    }
   ],
   "media": [],
   "hashtags": [],
   "urls": []
  },
  "geo": {},
  "id_str": "312000000000000001",
  "text": "RT @ines_k: deuxième annonce",
  "id": 312000000000000001,
  "created_at": "Thu Mar 14 04:44:01 +0000 2013",
  "user": {
   "id_str": "1001",
   "id": 1001,
   "screen_name": "lea_m"
  },
  "retweeted_status": {
   "id": 312000000000000000,
   "text": "deuxième annonce",
   "user": {
    "id": 1003,
    "screen_name": "ines_k"
   }
  }
 }
]