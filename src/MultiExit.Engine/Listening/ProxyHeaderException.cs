using System.Diagnostics.CodeAnalysis;

namespace MultiExit.Engine.Listening;

/// <summary>A connection from a load balancer does not begin with a header of the PROXY protocol.</summary>
/// <param name="message">What is wrong.</param>
[SuppressMessage("Design", "CA1032", Justification = "What is wrong is always known.")]
internal sealed class ProxyHeaderException(string message) : Exception(message);
