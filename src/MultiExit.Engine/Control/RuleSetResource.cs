using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <summary>The rule sets.</summary>
internal sealed class RuleSetResource(IServerControl server) : IControlResource
{
    public string Paths => "/sets, /sets/{name}, /sets/{name}/update";

    public string? Methods(string[] path) => path switch
    {
        ["sets"] or ["sets", _] => "GET, HEAD",
        ["sets", _, "update"] => "POST",
        _ => null,
    };

    public async Task<ControlAnswer> AnswerAsync(ControlRequest request)
    {
        IReadOnlyList<RuleSetStatus> sets = await server.GetRuleSetsAsync().ConfigureAwait(false);
        if (request.Path is ["sets"]) return ControlAnswer.Ok(sets);
        if (sets.FirstOrDefault(set => set.Name == request.Path[1]) is not { } found)
            return ControlAnswer.Fail(404, "RuleSetNotFound", $"there is no rule set named {request.Path[1]}");
        return ControlAnswer.Ok(request.Path.Length == 2 ? found : await server.UpdateRuleSetAsync(found.Name, request.Closing).ConfigureAwait(false));
    }
}
