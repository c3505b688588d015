heddle replay
