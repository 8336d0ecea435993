using System.Diagnostics.CodeAnalysis;

namespace MultiExit.Host;

/// <summary>The command line makes no sense; the message says what and what is expected.</summary>
[SuppressMessage("Design", "CA1032", Justification = "Always has a message.")]
internal sealed class UsageException(string message) : Exception(message);
