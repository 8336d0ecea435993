using System.Diagnostics.CodeAnalysis;
using MultiExit.Engine.DataPath;

namespace MultiExit.Engine.Exits;

/// <summary>The outcome of a dial through a proxy: what was opened, or why it was not.</summary>
/// <param name="Value">What was opened; the caller owns it.</param>
/// <param name="Failure">Why there is none.</param>
/// <param name="Reason">The failure in words, without the exit's name; never holds a secret.</param>
internal readonly record struct ProxyDial<T>(T? Value, DialFailure Failure, string? Reason)
    where T : class
{
    /// <summary>It succeeded.</summary>
    public ProxyDial(T value) : this(value, DialFailure.None, null) { }

    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Reason))]
    public bool Succeeded => Value is not null;
}
