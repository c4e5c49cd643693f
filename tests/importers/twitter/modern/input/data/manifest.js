window.__THAR_CONFIG = {
 "userInfo": {
  "accountId": "1001",
  "userName": "lea_m",
  "displayName": "L\u00e9a M."
 },
 "archiveInfo": {
  "sizeBytes": "1",
  "generationDate": "2026-05-20T10:00:00.000Z",
  "isPartialArchive": false,
  "maxPartSizeBytes": "53687091200"
 },
 "dataTypes": {
  "tweets": {
   "files": [
    {
     "fileName": "data/tweets.js",
     "globalName": "YTD.tweets.part0",
     "count": "9"
    },
    {
     "fileName": "data/tweets-part1.js",
     "globalName": "YTD.tweets.part1",
     "count": "4"
    },
    {
     "fileName": "data/tweets-part2.js",
     "globalName": "YTD.tweets.part2",
     "count": "5"
    }
   ]
  }
 }
};
