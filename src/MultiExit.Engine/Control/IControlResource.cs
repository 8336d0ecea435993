using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Control;

/// <summary>Some resources of the control endpoint that belong together.</summary>
internal interface IControlResource
{
    /// <summary>More bytes than most requests need.</summary>
    public const int UsualMaxBody = 64 * 1024;

    /// <summary>The paths, for the answer to a request for an unknown one.</summary>
    string Paths { get; }

    /// <summary>The methods that the resource at a path takes, <c>GET, HEAD</c>; null when there is none.</summary>
    string? Methods(string[] path);

    /// <summary>The most bytes that the body of a request may have.</summary>
    int MaxBody(string[] path) => UsualMaxBody;

    /// <summary>Carries out a request with a method that the resource takes.</summary>
    /// <exception cref="ProxyException">It cannot be done.</exception>
    /// <exception cref="FormatException">The request is not understood; the message is a sentence for the operator.</exception>
    Task<ControlAnswer> AnswerAsync(ControlRequest request);
}
