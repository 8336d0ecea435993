namespace MultiExit.Engine.Control;

/// <summary>The body of every answer that is no success.</summary>
/// <param name="Error">What kind it is; stable, the ids of the cmdlets.</param>
/// <param name="Message">A sentence for the operator.</param>
internal sealed record ControlError(string Error, string Message);
