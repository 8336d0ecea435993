namespace MultiExit.Engine.Control;

/// <summary>What an endpoint for operators answers to each request.</summary>
internal interface IEndpointRoutes
{
    /// <summary>The most bytes that the body of a request may have.</summary>
    int MaxBody(ControlRequest request);

    /// <summary>Carries out a request.</summary>
    /// <returns>The answer, for failures too.</returns>
    Task<ControlAnswer> AnswerAsync(ControlRequest request);
}
