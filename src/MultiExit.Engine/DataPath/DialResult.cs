using System.Diagnostics.CodeAnalysis;
using System.Net;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.DataPath;

/// <summary>The outcome of <see cref="IExit.DialAsync"/>: a connection, or a failure with a sentence for the log.</summary>
internal readonly record struct DialResult
{
    /// <summary>The sentence why a request that comes round is ended.</summary>
    public const string LoopReason = "it has come back to listeners of this server again and again: its exit leads to them";

    private DialResult(DuplexStream? connection, IPEndPoint? local, IExit? exit, DialFailure failure, string? detail, int firstPayloadSent = 0)
    {
        FirstPayloadSent = firstPayloadSent;
        Connection = connection;
        LocalEndPoint = local;
        Exit = exit;
        Failure = failure;
        Detail = detail;
    }

    /// <summary>The connection; the caller owns it.</summary>
    public DuplexStream? Connection { get; }

    /// <summary>The address the target sees, as far as it is known (SOCKS5 BND.ADDR).</summary>
    public IPEndPoint? LocalEndPoint { get; }

    /// <summary>The exit that served or failed it: for a group, the member.</summary>
    public IExit? Exit { get; }

    public DialFailure Failure { get; }

    /// <summary>The failure as a sentence for logs, after the exit's name: <c>wan1: no answer within 10 s</c>; never holds a secret.</summary>
    public string? Detail { get; }

    /// <summary>Whether nothing was dialed: the exit had no place left, or was taken out, between its choice and its dial. Another one may be chosen in its
    /// place, and nothing is known against it.</summary>
    public bool IsUntried { get; private init; }

    /// <summary>How much of <see cref="DialContext.FirstPayload"/> has been sent.</summary>
    public int FirstPayloadSent { get; }

    [MemberNotNullWhen(true, nameof(Connection), nameof(Exit))]
    [MemberNotNullWhen(false, nameof(Detail))]
    public bool Succeeded => Connection is not null;

    /// <summary>The connection, for callers to whom a failure is an exception.</summary>
    /// <exception cref="DialException">There is none; the message is <see cref="Detail"/>.</exception>
    public DuplexStream ConnectionOrThrow() => Connection ?? throw new DialException(Detail!);

    public static DialResult Success(DuplexStream connection, IPEndPoint? local, IExit exit, int firstPayloadSent = 0) =>
        new(connection, local, exit, DialFailure.None, null, firstPayloadSent);

    /// <summary>The exit failed.</summary>
    /// <param name="exit">The exit.</param>
    /// <param name="failure">Its class.</param>
    /// <param name="reason">The failure as a sentence; <see cref="Detail"/> puts the exit's name before it.</param>
    public static DialResult Failed(IExit exit, DialFailure failure, string reason) =>
        new(null, null, exit, failure, $"{exit.Name}: {reason}");

    /// <summary>The exit was not dialed.</summary>
    /// <param name="exit">The exit.</param>
    /// <param name="reason">Why not, as a sentence; <see cref="Detail"/> puts the exit's name before it.</param>
    public static DialResult Untried(IExit exit, string reason) => Failed(exit, DialFailure.General, reason) with { IsUntried = true };

    /// <summary>The request was refused before any exit had a part in it; <see cref="Detail"/> is the reason alone.</summary>
    /// <param name="exit">The exit that it was routed to.</param>
    /// <param name="reason">The reason as a sentence.</param>
    public static DialResult Refused(IExit exit, string reason) => new(null, null, exit, DialFailure.NotAllowed, reason);

    /// <summary>The request has come round too often.</summary>
    /// <param name="exit">The exit that it was routed to.</param>
    public static DialResult Looped(IExit exit) => new(null, null, exit, DialFailure.Loop, LoopReason);

    /// <summary>The same failure as that of a group: <c>pool > wan1: no answer within 10 s</c>.</summary>
    public DialResult Of(IExit group) => new(null, null, Exit, Failure, $"{group.Name} > {Detail}") { IsUntried = IsUntried };
}
