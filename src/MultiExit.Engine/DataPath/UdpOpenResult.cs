using System.Diagnostics.CodeAnalysis;

namespace MultiExit.Engine.DataPath;

/// <summary>The outcome of <see cref="IExit.OpenUdpAsync"/>.</summary>
/// <param name="Flow">The flow; the caller owns it.</param>
/// <param name="Failure">Why there is none.</param>
/// <param name="Detail">The failure as a sentence, after the exit's name.</param>
/// <param name="Exit">The member that serves, where a group was asked.</param>
internal readonly record struct UdpOpenResult(IDatagramFlow? Flow, DialFailure Failure, string? Detail, IExit? Exit = null)
{
    /// <summary>Whether nothing was opened, as <see cref="DialResult.IsUntried"/>.</summary>
    public bool IsUntried { get; private init; }

    [MemberNotNullWhen(true, nameof(Flow))]
    public bool Succeeded => Flow is not null;

    public static UdpOpenResult Success(IDatagramFlow flow) => new(flow, DialFailure.None, null);

    /// <summary>The exit failed.</summary>
    /// <param name="exit">The exit.</param>
    /// <param name="failure">Its class.</param>
    /// <param name="reason">The failure as a sentence; <see cref="Detail"/> puts the exit's name before it.</param>
    public static UdpOpenResult Failed(IExit exit, DialFailure failure, string reason) => new(null, failure, $"{exit.Name}: {reason}");

    /// <summary>The exit was not asked.</summary>
    /// <param name="exit">The exit.</param>
    /// <param name="reason">Why not, as a sentence.</param>
    public static UdpOpenResult Untried(IExit exit, string reason) => Failed(exit, DialFailure.General, reason) with { IsUntried = true };

    /// <summary>The same failure as that of a group: <c>pool > corp: the proxy refuses the credentials</c>.</summary>
    public UdpOpenResult Of(IExit group) => new(null, Failure, $"{group.Name} > {Detail}") { IsUntried = IsUntried };
}
