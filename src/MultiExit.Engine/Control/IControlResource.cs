using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Control;

/// <summary>Some resources of the control endpoint that belong together.</summary>
internal interface IControlResource
{
    /// <summary>More bytes than most requests need.</summary>
    public const int UsualMaxBody = 64 * 1024;

    /// <summary>What there is to be asked for.</summary>
    IReadOnlyList<ControlRoute> Routes { get; }

    /// <summary>Carries out a request that is one of them.</summary>
    /// <exception cref="ProxyException">It cannot be done.</exception>
    /// <exception cref="FormatException">The request is not understood; the message is a sentence for the operator.</exception>
    Task<ControlAnswer> AnswerAsync(ControlRequest request);
}
