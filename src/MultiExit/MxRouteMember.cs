using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>A member of a group on the way that Test-MxRoute followed.</summary>
public sealed class MxRouteMember
{
    private MxRouteMember(string group, MemberExplanation member)
    {
        Group = group;
        Name = member.Name;
        Choice = member.Choice.ToString();
        Reason = member.Reason;
    }

    /// <summary>The group.</summary>
    public string Group { get; }

    /// <summary>The exit or group in it.</summary>
    public string Name { get; }

    /// <summary>Taken, Possible, Fails or Passed.</summary>
    public string Choice { get; }

    /// <summary>Why.</summary>
    public string Reason { get; }

    /// <summary>The name and the choice.</summary>
    public override string ToString() => $"{Name}: {Choice}";

    // From the outermost group inwards, chains included.
    internal static IEnumerable<MxRouteMember> Of(ExitExplanation exit) =>
    [
        .. exit.Members.Select(member => new MxRouteMember(exit.Name, member)),
        .. exit.Members.Where(member => member.Exit is not null).SelectMany(member => Of(member.Exit!)),
        .. exit.Via is { } via ? Of(via) : [],
    ];
}
