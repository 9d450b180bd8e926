print("teamfix")
