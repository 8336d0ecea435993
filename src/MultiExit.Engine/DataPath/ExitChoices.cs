using MultiExit.Engine.Identity;

namespace MultiExit.Engine.DataPath;

/// <summary>Which exits and groups a client's choice leaves over.</summary>
internal static class ExitChoices
{
    /// <summary>Why no exit that a rule leads to is one that the client wants; null when one is.</summary>
    public static string? Refusal(NameChoice choice, IExit routed)
    {
        if (!choice.IsNarrow || Admits(choice, routed)) return null;
        string way = routed.Group is null ? $"the rule leads to {routed.Name}" : $"the rule leads to the group {routed.Name}";
        return $"{choice.Scope} in the user name: {way}, where no exit is so";
    }

    /// <summary>Whether an exit, or one in a group, is what the client wants.</summary>
    /// <param name="choice">What it wants.</param>
    /// <param name="exit">The exit or group.</param>
    /// <param name="within">Whether the exit that it names is a group around this one, or it names none.</param>
    public static bool Admits(NameChoice choice, IExit exit, bool within = false)
    {
        within |= choice.Exit is null || string.Equals(exit.Name, choice.Exit, StringComparison.Ordinal);
        if (exit.Group is not { } group) return within && (choice.Country is null || choice.Country == exit.Country);
        foreach (IExit member in group.Exits)
            if (Admits(choice, member, within)) return true;
        return false;
    }

    /// <summary>Whether the exit that the client names is a group, and this group or around it. A request is in a group only where the one that is
    /// named is in it or around it.</summary>
    public static bool IsWithin(NameChoice choice, IExit group) => choice.Exit is null || choice.Exit == group.Name || !Holds(group, choice.Exit);

    private static bool Holds(IExit exit, string name)
    {
        if (exit.Group is not { } group) return false;
        foreach (IExit member in group.Exits)
            if (string.Equals(member.Name, name, StringComparison.Ordinal) || Holds(member, name)) return true;
        return false;
    }
}
