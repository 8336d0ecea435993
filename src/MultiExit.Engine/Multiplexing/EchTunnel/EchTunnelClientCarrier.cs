using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.EchTunnel;
using MultiExit.Engine.Protocols.WebSocket;
using MultiExit.Engine.WebSockets;

namespace MultiExit.Engine.Multiplexing.EchTunnel;

/// <summary>The client's end of a carrier in the plain format.</summary>
/// <param name="socket">The connection after its handshake.</param>
/// <param name="index">The channel index that claims name.</param>
/// <param name="options">The most sessions of the carrier, and the bytes they may hold unread.</param>
/// <param name="time">The clock.</param>
/// <param name="warn">Takes a line for the log.</param>
/// <param name="memory">The bytes that the sessions of all carriers of the exit may hold unread beyond their first shares; null: of this
/// carrier alone.</param>
internal sealed class EchTunnelClientCarrier(
    WebSocketConnection socket, int index, TunnelSessionOptions options, TimeProvider time, Action<string> warn, MemoryBudget? memory = null)
    : EchTunnelCarrier(socket, options, time, warn, memory)
{
    private readonly ConcurrentDictionary<Guid, EchTunnelClaim> _claims = new();
    private readonly byte[] _indexText = Encoding.ASCII.GetBytes(index.ToString(CultureInfo.InvariantCulture));

    private readonly TaskCompletionSource _slow = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the carrier waits for a slow reader: requests may be answered late then.</summary>
    public Task Slow => _slow.Task;

    /// <summary>The index; the live carrier with the lowest one carries UDP.</summary>
    public int Index => index;

    /// <summary>False also while it has as many sessions as it may: further ones go to another.</summary>
    public override bool AcceptsStreams => base.AcceptsStreams && StreamCount < MaxSessions;

    /// <summary>Takes part in a race.</summary>
    public void Enter(EchTunnelClaim claim)
    {
        _claims[claim.Id] = claim;
        // A carrier that failed or became slow meanwhile has not seen this claim.
        if (!base.AcceptsStreams && _claims.TryRemove(claim.Id, out _)) claim.Lost(Failure ?? new IOException("the carrier takes no new sessions"));
        else Post(EchTunnelMessageType.Claim, claim.Id, _indexText);
    }

    /// <summary>The race is over.</summary>
    public void Leave(EchTunnelClaim claim) => _claims.TryRemove(claim.Id, out _);

    /// <summary>Opens the session of a race that this carrier has won, and sends the request with the bytes that the client has sent
    /// already.</summary>
    /// <param name="id">The id that was claimed.</param>
    /// <param name="destination">The destination.</param>
    /// <param name="firstFrame">The bytes that the client has sent already.</param>
    /// <param name="hold">How our own limits hold back its reader, where they hold back all sessions of the carrier; otherwise null.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EchTunnelClaimLostException">The carrier is full, going away, or has ended since; the server was not asked for the
    /// target.</exception>
    /// <exception cref="IOException">The carrier broke.</exception>
    public async ValueTask<EchTunnelStream> OpenAsync(
        Guid id, Destination destination, ReadOnlyMemory<byte> firstFrame, IReaderHold? hold, CancellationToken cancellationToken)
    {
        EchTunnelStream stream = new(this, id, isServer: false) { Hold = hold };
        TryAdd(stream);
        try
        {
            if (!base.AcceptsStreams || StreamCount > MaxSessions)
                throw new EchTunnelClaimLostException(Failure ?? new IOException("the carrier is going away, or full"));
            byte[] rest = new byte[EchTunnelAddress.GetLength(destination) + 1 + firstFrame.Length];
            int length = EchTunnelAddress.Write(rest, destination);
            rest[length++] = (byte)'|';
            firstFrame.CopyTo(rest.AsMemory(length));
            await SendAsync(WebSocketOpcode.Text, EchTunnelMessageType.Tcp, id, rest, cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Adds a UDP association.</summary>
    public void Add(IEchTunnelChannel association) => TryAdd(association);

    protected override void OnMessage(in EchTunnelMessage message)
    {
        switch (message.Type)
        {
            case EchTunnelMessageType.ClaimAck:
                // An acknowledgement that comes when the race is over is of no use.
                if (_claims.TryRemove(message.Id, out EchTunnelClaim? claim)) claim.Won(this);
                break;
            case EchTunnelMessageType.Connected when Find(message.Id) is null:
                // Given up meanwhile, and the CLOSE for it may have come before the request.
                Post(EchTunnelMessageType.Close, message.Id);
                break;
            case EchTunnelMessageType.Connected or EchTunnelMessageType.Close or EchTunnelMessageType.UdpConnected
                or EchTunnelMessageType.UdpError or EchTunnelMessageType.UdpData or EchTunnelMessageType.UdpClose:
                Find(message.Id)?.On(message);
                break;
            default:
                throw new ProxyException(ProxyError.ProtocolViolation, $"the server sent {message.Type}, which only clients send");
        }
    }

    // New sessions get another carrier; this one closes with its last session.
    protected override void OnSlow()
    {
        if (!_slow.TrySetResult()) return;
        GoAway();
        LoseClaims(new IOException("the carrier waits for a slow reader"));
    }

    protected override void OnFailed(Exception failure) => LoseClaims(failure);

    private void LoseClaims(Exception failure)
    {
        foreach (Guid id in _claims.Keys)
            if (_claims.TryRemove(id, out EchTunnelClaim? claim)) claim.Lost(failure);
    }
}
