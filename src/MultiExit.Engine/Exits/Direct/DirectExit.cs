using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.States.Leases;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Snat;
using MultiExit.Engine.States;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Exits.Direct;

/// <summary>Straight to the target, from the configured source address, one of a prefix, the one the client came in on, or the system's choice.</summary>
internal sealed class DirectExit : IExit
{
    public const string ExitName = "direct";

    private readonly DirectExitConfig _config;
    private readonly SnatGate? _gate;
    private readonly ExitLease? _lease;
    private readonly IPAddress? _source;
    private readonly PrefixSource? _prefix;
    private readonly bool _fromInbound;
    private readonly SocketRoute _route;
    private readonly IPAddress? _familyOf;
    private readonly string _familyName;
    private readonly ITransport _transport;
    private readonly INameResolver _resolver;
    private readonly HappyEyeballs _eyeballs;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly int _retries;
    private readonly DeadlinePool _deadlines;
    private readonly PortUse? _ports;

    /// <param name="config">Its mark is the one in force; its address is on this host, or <paramref name="gate"/>.</param>
    /// <param name="transport">Makes the sockets.</param>
    /// <param name="resolver">Resolves names.</param>
    /// <param name="prefer">The family tried first.</param>
    /// <param name="timeout">How long a dial may take, names, retries and the pauses between them included.</param>
    /// <param name="time">The clock.</param>
    /// <param name="gate">The system chooses the address or puts it into the packets (SNAT): sockets are not bound to it, and nothing
    /// leaves before it is set up for that. Null: sockets are bound.</param>
    /// <param name="ports">Counts its connections; null: they are not counted.</param>
    /// <param name="lease">The lease without which nothing leaves; null: it needs none.</param>
    public DirectExit(DirectExitConfig config, ITransport transport, INameResolver resolver, AddressPreference prefer, TimeSpan timeout, TimeProvider time,
        SnatGate? gate = null, PortUse? ports = null, ExitLease? lease = null)
    {
        _lease = lease;
        if (lease is not null) transport = new LeasedTransport(transport, lease);
        _config = config;
        _source = gate is null ? config.Address : null;
        _gate = gate;
        _prefix = config.Prefix is { } prefix ? new PrefixSource(prefix, config.Bind, config.Name) : null;
        _fromInbound = config.FromInboundAddress;
        _familyOf = config.Address ?? config.Prefix?.BaseAddress ?? config.Gateway;
        _familyName = config.Address is not null ? "source address" : config.Prefix is not null ? "prefix" : "gateway";
        _route = new SocketRoute(
            config.Mark ?? 0, config.Interface, OneFamily: _familyOf is not null,
            // An address that a client came in on is this host's, on an interface or not.
            FreeBind: _prefix is not null || _fromInbound && OperatingSystem.IsLinux());
        _transport = transport;
        _resolver = resolver;
        _eyeballs = new HappyEyeballs(transport, time, prefer);
        _time = time;
        _timeout = timeout;
        _retries = config.Retries;
        _deadlines = new DeadlinePool(time);
        _ports = ports;
    }

    public string Name => _config.Name;

    public string? Country => _config.Country;

    public bool ProvesServer => false;

    public async ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken)
    {
        using Deadline deadline = _deadlines.Start(_timeout, cancellationToken);
        DialResult last = default;
        try
        {
            for (int attempt = 0; ; attempt++)
            {
                last = await TryAsync(destination, context, deadline.Token).ConfigureAwait(false);
                bool mayPass = last.Failure is DialFailure.NetworkUnreachable or DialFailure.HostUnreachable
                    or DialFailure.ConnectionRefused or DialFailure.TimedOut;
                if (!mayPass || attempt >= _retries) return last;
                await Task.Delay(RetryPause.After(attempt), _time, deadline.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // That the time ran out in a pause or in another attempt says less than the failure before it.
            return last.Failure != DialFailure.None
                ? last
                : Failed(DialFailure.TimedOut, $"no answer within {DurationText.Seconds(_timeout)}");
        }
    }

    private async ValueTask<DialResult> TryAsync(Destination destination, DialContext context, CancellationToken cancellationToken)
    {
        try
        {
            if (_gate is not null && await _gate.RefusalAsync(cancellationToken).ConfigureAwait(false) is { } shut) return Failed(DialFailure.General, shut);
            if (_lease?.Refusal is { } unheld) return DialResult.Untried(this, unheld);
            ConnectOptions options = new(SourceFor(context), context.Near, _route);
            SocketStream connection;
            using OwnConnections.Dial own = OwnConnections.Process.Begin(destination.Port);
            if (destination.Address is { } address)
            {
                if (Refusal(address, context) is { } refusal) return refusal;
                IPEndPoint target = new(address, destination.Port);
                connection = await _transport.ConnectAsync(target, options, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                long asked = _time.GetTimestamp();
                (IReadOnlyList<IPAddress> addresses, DialResult? refused) =
                    await AddressesAsync(destination, context, cancellationToken).ConfigureAwait(false);
                if (context.Trace is { } names) names.Resolving = _time.GetElapsedTime(asked);
                if (refused is { } failed) return failed;
                connection = await _eyeballs.ConnectAsync(addresses, destination.Port, options, cancellationToken).ConfigureAwait(false);
            }
            context.Trace?.Leave(SeenFrom(connection), destination.IsDomain ? connection.RemoteEndPoint.Address : null);
            own.Connected(connection, context.Request?.Peer, context.Request?.Local, context.Carried);
            if (_config.SendProxy != SendProxy.None
                && await HeaderFailureAsync(connection, context, destination, cancellationToken).ConfigureAwait(false) is { } lost) return lost;
            _ports?.Add(connection);
            _gate?.Track(connection);
            return DialResult.Success(connection, connection.LocalEndPoint, this);
        }
        catch (SocketException exception)
        {
            if (_lease?.Refusal is { } unheld) return DialResult.Untried(this, unheld);
            return Failed(DialErrors.ToFailure(exception), exception.Message);
        }
    }

    // Null: the header was sent. Otherwise the connection is of no use.
    private async ValueTask<DialResult?> HeaderFailureAsync(
        SocketStream connection, DialContext context, Destination destination, CancellationToken cancellationToken)
    {
        try
        {
            await ProxyHeaderWriter.SendAsync(_config.SendProxy, connection, context.Request, destination, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception exception)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            if (exception is not IOException) throw;
            return Failed(DialFailure.General, $"the PROXY header could not be sent: {exception.Message}");
        }
    }

    public async ValueTask<UdpOpenResult> OpenUdpAsync(DialContext context, CancellationToken cancellationToken)
    {
        try
        {
            if (_gate is not null && await RefusalAsync(_gate, cancellationToken).ConfigureAwait(false) is { } shut)
                return UdpOpenResult.Failed(this, DialFailure.General, shut);
            if (_lease?.Refusal is { } unheld) return UdpOpenResult.Untried(this, unheld);
            UdpSocket socket = _transport.BindUdp(new IPEndPoint(SourceFor(context) ?? AnyAddress, 0), _route);
            DirectDatagramFlow flow = new(socket, _resolver, _eyeballs, context.PrivateDestinationsAllowed, _timeout, _deadlines, _time,
                new UdpPeers(_config.UdpFilter, _time), _gate is null ? null : _config.Address, _lease);
            _gate?.Track(flow);
            return UdpOpenResult.Success(flow);
        }
        catch (SocketException exception)
        {
            return UdpOpenResult.Failed(this, DialErrors.ToFailure(exception), exception.Message);
        }
    }

    // The rules of source NAT put the exit's address into the packets, and keep the port where no other connection has it.
    private LeftConnection SeenFrom(SocketStream connection)
    {
        IPEndPoint local = connection.LocalEndPoint;
        return new(_gate is not null && _config.Address is { } address ? new IPEndPoint(address, local.Port) : local, connection.RemoteEndPoint);
    }

    private async ValueTask<string?> RefusalAsync(SnatGate gate, CancellationToken cancellationToken)
    {
        using Deadline deadline = _deadlines.Start(_timeout, cancellationToken);
        try
        {
            return await gate.RefusalAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"whether its source NAT is applied is not known after {DurationText.Seconds(_timeout)}";
        }
    }

    /// <summary>The address that connections for the context leave from; null: the system chooses. A prefix with <c>bind: connection</c>
    /// gives another one each time.</summary>
    private IPAddress? SourceFor(DialContext context) =>
        _prefix is not null ? _prefix.Choose(context) : _fromInbound ? InboundAddress.Of(context) : _source;

    private async ValueTask<(IReadOnlyList<IPAddress> Addresses, DialResult? Refused)> AddressesAsync(
        Destination destination, DialContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<IPAddress>? addresses = context.ResolvedAddresses;
        if (addresses is null)
        {
            NameResult result = await _resolver.ResolveAsync(destination.Host, cancellationToken).ConfigureAwait(false);
            if (!result.Succeeded) return ([], Failed(DialFailure.NameNotResolved, result.Failure!));
            addresses = result.Addresses;
        }
        IReadOnlyList<IPAddress> usable = Usable(addresses, context, out DialResult? refusal);
        return usable.Count > 0
            ? (usable, null)
            : ([], refusal ?? Failed(DialFailure.NameNotResolved, $"{destination.Host} has no address"));
    }

    // The addresses that it may try, and the refusal to report for the others.
    private IReadOnlyList<IPAddress> Usable(IReadOnlyList<IPAddress> addresses, DialContext context, out DialResult? refusal)
    {
        refusal = null;
        List<IPAddress>? usable = null;
        for (int i = 0; i < addresses.Count; i++)
        {
            DialResult? refused = Refusal(addresses[i], context);
            // The policy's refusal is the one to report: another family would not have helped.
            if (refusal is null || refused?.Failure == DialFailure.NotAllowed) refusal = refused ?? refusal;
            if (refused is not null) usable ??= [.. addresses.Take(i)];
            else usable?.Add(addresses[i]);
        }
        return usable ?? addresses;
    }

    public DialResult? Refusal(IPAddress address, DialContext context)
    {
        if (!context.PrivateDestinationsAllowed && PrivateDestinations.Contains(address))
            return Failed(DialFailure.NotAllowed, $"{address} is a private destination");
        if (_familyOf is not null && _familyOf.AddressFamily != address.AddressFamily)
            return Failed(DialFailure.NetworkUnreachable, $"{address} is of another family than the {_familyName} {_familyOf}");
        if (_fromInbound && InboundAddress.Of(context) is { } source && InboundAddress.WhyNot(source, address) is { } reason)
            return Failed(DialFailure.NetworkUnreachable, reason);
        return null;
    }

    public ExitExplanation Explain(ExplainStep step)
    {
        ExitExplanation told = step.Outline(this) with { Source = SourceOf(step) };
        if ((_gate?.Refusal ?? _lease?.Refusal) is { } shut) return told with { Outcome = RouteOutcome.Unavailable, Reason = $"{Name}: {shut}" };
        if (step.Names is { Succeeded: false, Failure: var failure })
        {
            string reason = $"{Name}: {step.Destination.Host} does not resolve: {failure}";
            return told with { Outcome = RouteOutcome.Unavailable, Reason = reason };
        }
        IReadOnlyList<IPAddress> addresses = step.Destination.Address is { } address ? [address] : step.Context.ResolvedAddresses ?? [];
        if (addresses.Count == 0 || Usable(addresses, step.Context, out DialResult? refusal).Count > 0 || refusal is not { } refused) return told;
        return told with
        {
            Outcome = refused.Failure == DialFailure.NotAllowed ? RouteOutcome.Refused : RouteOutcome.Unavailable, Reason = refused.Detail,
        };
    }

    private string? SourceOf(ExplainStep step) => _config switch
    {
        { Prefix: { } prefix, Bind: var bind } => bind != BindingUnit.Connection && BindingKey.IsKnown(bind, step.Context, step.ClientKnown)
            ? SourceFor(step.Context)?.ToString()
            : prefix.ToString(),
        { FromInboundAddress: true } => InboundAddress.Of(step.Context)?.ToString() ?? "inbound",
        _ => _config.Address?.ToString(),
    };

    private IPAddress AnyAddress => _familyOf?.AddressFamily switch
    {
        AddressFamily.InterNetwork => IPAddress.Any,
        AddressFamily.InterNetworkV6 => IPAddress.IPv6Any,
        _ => UdpSocket.AnyAddress,
    };

    private DialResult Failed(DialFailure failure, string detail) => DialResult.Failed(this, failure, detail);
}
