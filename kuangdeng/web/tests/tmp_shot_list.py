ACTS = {
    "p-answered": lambda page: (page.locator(".practice-option").first.click(), page.wait_for_load_state("load")),
    "p-meeting": lambda page: page.locator(".practice-reveal summary").click(),
}


def todo(world):
    unit = world.cast.units["mining"].id
    P = "/learning/practice/"
    return [
        ("phone", "miner", P, "p-today"),
        ("phone", "miner", P, "p-answered"),
        ("phone", "miner", P + "book/", "p-book"),
        ("desk", "miner", P, "p-today-desk"),
        ("wall", "team_leader", P + "meeting/", "p-meeting"),
        ("phone", "team_leader", P + "meeting/", "p-meeting-phone"),
        ("desk", "training_officer", P + "figures/", "p-figures"),
        ("phone", "unit_head", P + "figures/", "p-figures-phone"),
        ("desk", "unit_head", P + f"figures/{unit}/", "p-unit"),
        ("desk", "training_officer", P + "rules/", "p-rules"),
        ("desk", "training_officer", P + "rules/new/", "p-rule-new"),
        ("desk", "training_officer", P + "musts/", "p-musts"),
        ("phone", "training_officer", P + "away/", "p-away"),
        ("desk", "training_officer", P + "meetings/", "p-meetings"),
        ("phone", "miner", "/", "p-home"),
    ]
