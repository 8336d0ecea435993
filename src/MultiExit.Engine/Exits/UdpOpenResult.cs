using System.Diagnostics.CodeAnalysis;

namespace MultiExit.Engine.Exits;

/// <summary>The outcome of <see cref="IExit.OpenUdpAsync"/>.</summary>
internal readonly record struct UdpOpenResult(IDatagramFlow? Flow, DialFailure Failure, string? Detail)
{
    [MemberNotNullWhen(true, nameof(Flow))]
    public bool Succeeded => Flow is not null;

    public static UdpOpenResult Success(IDatagramFlow flow) => new(flow, DialFailure.None, null);

    public static UdpOpenResult Failed(DialFailure failure, string detail) => new(null, failure, detail);
}
