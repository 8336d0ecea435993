using System.Diagnostics.CodeAnalysis;

namespace MultiExit.Engine.DataPath;

/// <summary>The outcome of <see cref="IExit.OpenUdpAsync"/>.</summary>
/// <param name="Flow">The flow; the caller owns it.</param>
/// <param name="Failure">Why there is none.</param>
/// <param name="Detail">The failure in words, behind the exit's name.</param>
/// <param name="Exit">The member that serves, where a group was asked.</param>
internal readonly record struct UdpOpenResult(IDatagramFlow? Flow, DialFailure Failure, string? Detail, IExit? Exit = null)
{
    [MemberNotNullWhen(true, nameof(Flow))]
    public bool Succeeded => Flow is not null;

    public static UdpOpenResult Success(IDatagramFlow flow) => new(flow, DialFailure.None, null);

    public static UdpOpenResult Failed(DialFailure failure, string detail) => new(null, failure, detail);
}
