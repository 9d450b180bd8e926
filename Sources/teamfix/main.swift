import Commands

await Teamfix.launch()
