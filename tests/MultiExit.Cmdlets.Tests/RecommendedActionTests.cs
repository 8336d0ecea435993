using System.Management.Automation;
using System.Text.RegularExpressions;
using MultiExit.Cmdlets.Tests.Support;

namespace MultiExit.Cmdlets.Tests;

public sealed class RecommendedActionTests : IDisposable
{
    private static readonly TimeSpan RegexLimit = TimeSpan.FromSeconds(1);

    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Each_error_id_that_is_documented_says_what_helps()
    {
        string about = File.ReadAllText(Path.Combine(Session.RepositoryRoot, "docs", "cmdlets", "about_MultiExit.help.txt"));
        about = about[about.IndexOf("The configuration, and what it needs", StringComparison.Ordinal)..];
        string[] ids = [.. Regex
            .Matches(about, @"^ {8}(?<id>[A-Z][A-Za-z]+) {2,}\S", RegexOptions.Multiline, RegexLimit).Select(match => match.Groups["id"].Value)];
        Assert.True(ids.Length > 50, $"{ids.Length} ids were found");
        Assert.Equal(ids.Order(StringComparer.Ordinal), Table().Keys.Order(StringComparer.Ordinal));
    }

    // A cmdlet that is renamed would be recommended for ever.
    [Fact]
    public void The_cmdlets_that_are_recommended_are_there()
    {
        string manifest = File.ReadAllText(Session.Manifest);
        string[] cmdlets = [.. Table().Values
            .SelectMany(action => Regex.Matches(action, "[A-Z][a-z]+-Mx[A-Za-z]+", RegexOptions.None, RegexLimit)).Select(match => match.Value)];
        Assert.True(cmdlets.Length > 20, $"{cmdlets.Length} were found");
        Assert.All(cmdlets, cmdlet => Assert.Contains($"'{cmdlet}'", manifest, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Get-MxServer -Socket ./none.sock", "ControlUnreachable")]
    [InlineData("Stop-MxServer nobody", "ServerNotFound")]
    [InlineData("Start-MxServer -Config ./none.yaml", "PathNotFound")]
    public void An_error_says_what_helps_beside_its_message(string command, string id)
    {
        ErrorRecord error = _session.Fail(command);
        Assert.StartsWith($"{id},", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(Table()[id], error.ErrorDetails.RecommendedAction);
        Assert.Equal(error.Exception.Message, error.ToString());
    }

    // The module has its own copy of the assembly.
    private Dictionary<string, string> Table()
    {
        const string Type = "[MultiExit.MxServer].Assembly.GetType('MultiExit.RecommendedActions')";
        string script = $"{Type}.GetProperty('Ids').GetValue($null) | ForEach-Object {{ "
            + $"[pscustomobject] @{{ Id = $_; Action = {Type}.GetMethod('Of').Invoke($null, @([string] $_)) }} }}";
        return _session.Run(script).Output
            .ToDictionary(each => $"{each.Properties["Id"].Value}", each => $"{each.Properties["Action"].Value}", StringComparer.Ordinal);
    }
}
