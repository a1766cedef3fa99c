{
  "targets": [
    {
      "target_name": "dmemcg",
      "conditions": [
        ["OS=='linux'", { "sources": ["dmemcg.c"], "cflags": ["-std=gnu11", "-Wall", "-Wextra"] }, { "type": "none" }]
      ]
    }
  ]
}
