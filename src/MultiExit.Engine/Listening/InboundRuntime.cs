using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Tls;

namespace MultiExit.Engine.Listening;

/// <summary>An inbound of the configuration in force, ready to serve. A reload makes new ones; connections keep theirs.</summary>
internal sealed record InboundRuntime(
    InboundConfig Config, IInbound Inbound, IReadOnlyList<ListenPort> Ports, TlsServer? Tls, IDispatcher Dispatcher, LimitsConfig Limits);
