using System.Net;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.DataPath;

/// <summary>The members that an exit has in addition when it only chooses among others.</summary>
internal interface IGroup
{
    /// <summary>The members.</summary>
    IEnumerable<IExit> Exits { get; }

    /// <summary>Whether a member is chosen for each destination of a UDP association.</summary>
    bool IsByDestination { get; }

    /// <summary>What keeps its member; null: nothing does.</summary>
    BindingUnit? Binds { get; }

    /// <summary>Live sessions of its members, and dials under way.</summary>
    int Load { get; }

    /// <summary>Whether a member is up.</summary>
    bool HasAvailable { get; }

    /// <summary>How many of its members new connections may go to.</summary>
    int AvailableCount { get; }

    /// <summary>Its health: its members'.</summary>
    ExitHealthStatus Health { get; }

    /// <summary>The member for the datagrams to one destination; null when none may be used.</summary>
    /// <param name="destination">The destination.</param>
    /// <param name="resolved">The addresses of its name where routing had to resolve it; null for none.</param>
    /// <param name="context">On whose behalf.</param>
    /// <remarks>A member that cannot reach it at all (<see cref="IExit.Reaches"/>) is chosen only when there is no other.</remarks>
    IExit? Choose(Destination destination, IReadOnlyList<IPAddress>? resolved, DialContext context);
}
