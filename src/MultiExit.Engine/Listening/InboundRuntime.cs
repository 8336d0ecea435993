using System.Net;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Tls;

namespace MultiExit.Engine.Listening;

/// <summary>An inbound of the configuration in force, ready to serve. A reload makes new ones; connections keep theirs.</summary>
internal sealed record InboundRuntime(
    InboundConfig Config, IInbound Inbound, IReadOnlyList<ListenPort> Ports, TlsServer? Tls, IDispatcher Dispatcher, LimitsConfig Limits)
{
    private readonly AddressPrefixSet? _balancers = Config.ProxyProtocolFrom.Count == 0 ? null : new(Config.ProxyProtocolFrom);
    private readonly AddressPrefixSet? _allow = Config.Allow.Count == 0 || Config.AnswersThoseOutsideAllow ? null : new(Config.Allow);

    /// <summary>Whether a connection from the address begins with a header of the PROXY protocol.</summary>
    public bool IsBalancer(IPAddress address) => _balancers?.Contains(address) == true;

    /// <summary>Whether a client with the address may come in.</summary>
    public bool Allows(IPAddress address) => _allow?.Contains(address) != false;
}
