using System.Text.Json;

namespace MultiExit.Engine.Control;

/// <summary>A request to the control endpoint.</summary>
/// <param name="Method">The method.</param>
/// <param name="Target">The path and the query, as they came.</param>
/// <param name="KeepAlive">Whether the client wants to ask more.</param>
/// <param name="Who">The user who asks; null when the system does not tell.</param>
internal sealed record ControlRequest(string Method, string Target, bool KeepAlive, string? Who)
{
    /// <summary>The parts of the path.</summary>
    public string[] Path { get; } = [.. Target.Split('?')[0].Split('/')[1..].Select(Uri.UnescapeDataString)];

    /// <summary>The body; empty for none.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Canceled when the endpoint that took the request closes: it waits for the answer, for a moment.</summary>
    public CancellationToken Closing { get; init; }

    public bool IsHead => Method == "HEAD";

    /// <summary>Whether it only asks.</summary>
    public bool IsRead => IsHead || Method == "GET";

    /// <summary>The parameters behind the question mark.</summary>
    /// <param name="names">Those that there are.</param>
    /// <exception cref="FormatException">There is another one, or one twice.</exception>
    public ControlQuery Query(params string[] names) => new(Target, names);

    /// <summary>The body as an object. No body says nothing, as {} does.</summary>
    /// <param name="form">What is expected.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public T Parse<T>(string form)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(Body.IsEmpty ? "{}"u8 : Body.Span, ControlJson.Options) ?? throw new JsonException();
        }
        catch (JsonException exception)
        {
            throw Invalid(form, exception);
        }
    }

    /// <summary>The body is not what is expected here.</summary>
    public static FormatException Invalid(string form, Exception? inner = null) => new($"the body is not what is expected here: {form}", inner);

    // The body may hold secrets.
    /// <inheritdoc/>
    public override string ToString() => $"{Method} {Target}";
}
