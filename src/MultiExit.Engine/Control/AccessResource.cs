using System.Text.Json;

namespace MultiExit.Engine.Control;

/// <summary>What whoever asks may do, and all that there is to be asked.</summary>
internal sealed class AccessResource : IControlResource
{
    public static IReadOnlyList<ControlRoute> Table { get; } =
    [
        ControlRoute.Get<AccessStatus>("/access", "Says what whoever asks may do."),
        ControlRoute.Get<JsonElement>("/openapi.json", "This document: OpenAPI 3.1."),
    ];

    public IReadOnlyList<ControlRoute> Routes => Table;

    public Task<ControlAnswer> AnswerAsync(ControlRequest request) => Task.FromResult(request.Path is ["access"]
        ? ControlAnswer.Ok(new AccessStatus(request.IsOfReader ? AccessStatus.Reader : AccessStatus.Operator, request.Who))
        : ControlAnswer.OfText("application/json", OpenApiDocument.Text));
}
