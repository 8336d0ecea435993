using MultiExit.Engine.Balancing;
using MultiExit.Engine.Configuration.Members;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.States;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Members;

/// <summary>An exit that is a member of a group at run time. Changed under the lock of the table.</summary>
/// <param name="group">The group.</param>
/// <param name="entry">How it was given.</param>
/// <param name="origin">By whom.</param>
/// <param name="state">Its state.</param>
/// <param name="exit">The exit.</param>
internal sealed class LiveMember(OpenGroup group, MemberEntry entry, MemberOrigin origin, ExitState state, IExit exit)
{
    /// <summary>A deadline that never comes.</summary>
    public const long Never = long.MaxValue;

    public OpenGroup Group => group;

    public MemberEntry Entry => entry;

    public string Name => entry.Name;

    public MemberOrigin Origin => origin;

    public ExitState State => state;

    public IExit Exit => exit;

    /// <summary>Its place in the group.</summary>
    public Member Member { get; } = new(exit, state, entry.Exit.Weight);

    /// <summary>When it became a member.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When it ends unless it is published again; null: it does not.</summary>
    public DateTimeOffset? Expires { get; set; }

    /// <summary>The same as a timestamp, which no change of the clock moves.</summary>
    public long Deadline { get; set; } = Never;

    /// <summary>Ends its probes; null: it has none.</summary>
    public CancellationTokenSource? Probing { get; set; }
}
