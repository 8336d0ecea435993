using System.Net;

namespace MultiExit.Engine.Transport;

/// <summary>The settings of a socket before it connects.</summary>
/// <param name="Source">The source address, bound with IP_BIND_ADDRESS_NO_PORT where the system has it; null lets the system choose.</param>
/// <param name="Near">A connection beside which the new one should be served (same reactor), so that a relay stays on one thread.</param>
/// <param name="Route">Mark and interface.</param>
internal readonly record struct ConnectOptions(IPAddress? Source = null, SocketStream? Near = null, SocketRoute Route = default);
