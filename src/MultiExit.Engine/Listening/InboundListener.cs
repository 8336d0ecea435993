using System.Net;
using System.Runtime.InteropServices;
using System.Security.Authentication;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Listening;

/// <summary>A bound port and the inbound that serves its clients; a reload exchanges the inbound, not the socket.</summary>
internal abstract class InboundListener(ListenPort port, InboundRuntime runtime, ListenerParts parts) : IDisposable
{
    private volatile InboundRuntime _runtime = runtime;

    public InboundRuntime Runtime => _runtime;

    /// <summary>The port that the inbound asked for.</summary>
    public ListenPort Port => port;

    /// <summary>The bound address, with the real port.</summary>
    public abstract IPEndPoint EndPoint { get; }

    /// <summary>Whether clients speak TLS to it.</summary>
    public virtual bool HasTls => false;

    /// <summary>Whether it takes datagrams.</summary>
    public virtual bool IsUdp => false;

    /// <summary>Binds a port.</summary>
    /// <exception cref="ProxyException">It cannot be bound.</exception>
    public static InboundListener Bind(ListenPort port, InboundRuntime runtime, ListenerParts parts) => port switch
    {
        StreamPort stream when parts.Take(PurposeOf(port, runtime)) is { } passed =>
            new StreamListener(stream, stream.Adopt(parts.Transport, passed), runtime, parts),
        DatagramPort datagrams when parts.Take(PurposeOf(port, runtime)) is { } passed =>
            new DatagramListener(datagrams, datagrams.Adopt(parts.Transport, passed), runtime, parts),
        StreamPort stream => new StreamListener(stream, stream.Bind(parts.Transport), runtime, parts),
        DatagramPort datagrams => new DatagramListener(datagrams, datagrams.Bind(parts.Transport), runtime, parts),
        _ => throw new NotSupportedException($"{port.GetType().Name} is neither a port for connections nor one for datagrams"),
    };

    /// <summary>What the socket is for, so that another process knows it: the port with its options, and on port 0, which many may ask for, the
    /// inbound.</summary>
    public string Purpose => PurposeOf(port, Runtime);

    /// <summary>The socket that a port will need.</summary>
    public static SocketWish WishOf(ListenPort port, InboundRuntime runtime) =>
        new(PurposeOf(port, runtime), port.EndPoint, port is DatagramPort, port.IsPlain);

    /// <summary>The socket, to hand it to another process.</summary>
    public abstract SafeHandle Handle { get; }

    /// <summary>Whether new clients wait in the queue of the socket, for another process that has it too or until this is false again.</summary>
    public abstract bool IsPaused { set; }

    /// <summary>Binds a port beside listeners of this process that it overlaps with.</summary>
    /// <exception cref="ProxyException">It cannot be bound.</exception>
    public static InboundListener BindBeside(
        ListenPort port, InboundRuntime runtime, ListenerParts parts, IReadOnlyList<InboundListener> others)
    {
        if (port is not StreamPort stream) return Bind(port, runtime, parts);
        try
        {
            foreach (InboundListener other in others) other.SharesPort = true;
            return new StreamListener(stream, stream.BindBeside(parts.Transport), runtime, parts);
        }
        finally
        {
            foreach (InboundListener other in others) other.SharesPort = false;
        }
    }

    /// <summary>Whether a port cannot be bound in the usual way while this one is: the same number, and addresses of which one covers the
    /// other.</summary>
    public bool Overlaps(ListenPort other) =>
        EndPoint.Port == other.EndPoint.Port && IsUdp == other is DatagramPort
        && (ListenAddress.Covers(port.EndPoint.Address, other.EndPoint.Address) || ListenAddress.Covers(other.EndPoint.Address, port.EndPoint.Address));

    /// <summary>Hands the port over to listeners that overlap with it, without a refused connection: a connection that still arrives here for
    /// one of their addresses is served as theirs are.</summary>
    public virtual void HandOver(IReadOnlyList<InboundListener> heirs) => Dispose();

    /// <summary>See <see cref="Transport.ISocketListener.SharesPort"/>.</summary>
    protected virtual bool SharesPort
    {
        set
        {
        }
    }

    /// <summary>Takes clients until disposed.</summary>
    public abstract Task RunAsync();

    /// <summary>After <see cref="Dispose"/>: whether the socket is closed as well.</summary>
    public virtual bool IsClosed => true;

    /// <summary>After <see cref="Dispose"/>: takes new clients again, where the socket is still open because earlier clients use it.</summary>
    /// <returns>False when the socket is closed.</returns>
    public virtual bool TryReopen() => false;

    /// <summary>Serves new clients by another configuration from here on.</summary>
    public virtual void Serve(InboundRuntime next) => _runtime = next;

    /// <summary>The configuration that it was opened for, or reopened, is not put in force.</summary>
    public virtual void GiveUp() => Dispose();

    /// <summary>Takes no new clients. Live ones stay.</summary>
    public abstract void Dispose();

    /// <summary>Counts a client, unless it may not come in, is locked out or a limit is reached.</summary>
    protected ClientConnection? TryAdmit(InboundRuntime current, IPEndPoint client, Action abort, out Refusal refusal)
    {
        refusal = RefusalOf(current, client);
        if (refusal.Text is not null) return null;
        ClientConnection? connection = parts.Connections.TryAdd(client, abort, current.Config.Name, current.Limits, out string? limit);
        if (connection is null) refusal = new(RefusalReason.Connections, limit!);
        return connection;
    }

    /// <summary>Counts a load balancer's connection, of which the client is not known yet, unless a limit is reached.</summary>
    protected ClientConnection? TryAdmitBalancer(InboundRuntime current, IPEndPoint balancer, Action abort, out Refusal refusal)
    {
        ClientConnection? connection = parts.Connections.TryAdd(
            balancer, abort, current.Config.Name, current.Limits, out string? limit, isBalancers: true);
        refusal = connection is null ? new(RefusalReason.Connections, limit!) : default;
        return connection;
    }

    /// <summary>A load balancer has said whose connection it is: what is asked of a client when it connects is asked now.</summary>
    /// <param name="current">The inbound.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="client">The client; null: the balancer does not say, and the connection is its own.</param>
    /// <returns>Why the client is not let in.</returns>
    protected Refusal Identify(InboundRuntime current, ClientConnection connection, IPEndPoint? client)
    {
        // A check of the balancer's must not be locked out, nor shut others out. Whom it may stand for is not known: `allow` holds for it.
        if (client is null) return current.Allows(connection.Client.Address) ? default : NotAllowed;
        Refusal refusal = RefusalOf(current, client);
        if (refusal.Text is null && parts.Connections.Identify(connection, client, current.Limits) is { } limit) return new(RefusalReason.Connections, limit);
        return refusal;
    }

    private static string PurposeOf(ListenPort port, InboundRuntime runtime) => $"{port} {(port.EndPoint.Port == 0 ? runtime.Config.Name : "")}";

    private static Refusal NotAllowed => new(RefusalReason.Handshake, "its address is not in `allow`");

    /// <summary>Why a client may not come in now.</summary>
    protected Refusal RefusalOf(InboundRuntime current, IPEndPoint client)
    {
        if (!current.Allows(client.Address)) return NotAllowed;
        if (parts.Logins.IsLocked(client.Address)) return new(RefusalReason.LockedOut, "locked out after failed logins");
        return current.Inbound.Admits(client) ? default : new(RefusalReason.Rate, "new connections come too fast");
    }

    /// <summary>Counts a client that was not let in.</summary>
    protected void Reject(InboundRuntime current, IPEndPoint client, Refusal refusal, bool quiet = false)
    {
        if (refusal.Reason == RefusalReason.Handshake)
        {
            parts.Counters.CountRefusedHandshake(current.Config.Name);
            if (!quiet) parts.Log.NotLetIn(current.Config.Name, client, refusal.Text!);
            return;
        }
        parts.Counters.CountRejected(current.Config.Name, refusal.Reason);
        if (!quiet) parts.Log.LimitReached(current.Config.Name, client, refusal.Text!);
    }

    /// <summary>Counts the logins of a client.</summary>
    protected ClientLogins LoginsOf(ClientConnection connection) => new(connection, parts);

    /// <summary>Counts a datagram for which there was no room.</summary>
    protected void CountDropped() => parts.Counters.CountDroppedDatagram();

    /// <summary>Logs what is a fault of this program.</summary>
    protected void LogUnexpected(string name, Exception exception) => parts.Log.Unexpected(name, exception);

    /// <summary>Logs that the system does not give what has come to the port.</summary>
    protected void LogAcceptFailed(Exception exception) => parts.Log.AcceptFailed($"inbound {Runtime.Config.Name} on {EndPoint}", exception);

    /// <summary>The client has gone.</summary>
    protected void Remove(ClientConnection connection) => parts.Connections.Remove(connection);

    /// <summary>Logs why serving a client has ended.</summary>
    protected void Log(Exception exception, ClientConnection connection, string name)
    {
        switch (exception)
        {
            case ProxyHeaderException:
                parts.Counters.CountFault(name);
                parts.Log.NoProxyHeader(name, connection.Client, exception.Message);
                break;
            case not null when connection.TimedOut:
                parts.Counters.CountTimeout(name);
                parts.Log.HandshakeTimedOut(name, connection.Client);
                break;
            case ProxyException { Reason: ProxyError.AccessRefused } when connection.FailedLogin:
                // Counted and logged as a failed login.
                break;
            case ProxyException { Reason: ProxyError.AccessRefused }:
                parts.Counters.CountRefusedHandshake(name);
                parts.Log.NotLetIn(name, connection.Client, exception.Message);
                break;
            case ProxyException { Reason: ProxyError.Overloaded }:
                parts.Counters.CountRejected(name, RefusalReason.Overloaded);
                parts.Log.LoginNotChecked(name, connection.Client);
                break;
            case ProxyException { Reason: ProxyError.BackEndUnavailable }:
                parts.Counters.CountRejected(name, RefusalReason.BackEnd);
                parts.Log.LoginNotAsked(name, connection.Client);
                break;
            case ProxyException:
                parts.Counters.CountFault(name);
                parts.Log.PeerFault(name, connection.Client, exception.Message);
                break;
            case ClientCertificateException:
                parts.Counters.CountRefusedHandshake(name);
                parts.Log.CertificateRefused(name, connection.Client, exception.Message);
                break;
            case AuthenticationException:
                parts.Counters.CountFault(name);
                parts.Log.PeerFault(name, connection.Client, $"TLS: {exception.InnerException?.Message ?? exception.Message}");
                break;
            case IOException or OperationCanceledException or ObjectDisposedException:
                parts.Log.ClientGone(name, connection.Client, exception.Message);
                break;
            default:
                parts.Log.Unexpected(name, exception!);
                break;
        }
    }
}
