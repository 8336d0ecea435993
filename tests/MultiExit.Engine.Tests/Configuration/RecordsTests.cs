using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>The key <c>records</c>.</summary>
public sealed class RecordsTests
{
    private const string Inbounds = "inbounds: [{ name: a, type: mixed, listen: \"127.0.0.1:1\" }]\n";

    [Theory]
    [InlineData("/")]
    [InlineData("folder/")]
    public void A_folder_is_no_name_of_files(string path)
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors($"{Inbounds}records: {{ path: {path} }}"));
        Assert.Equal("records.path", error.Path);
        Assert.Contains("is a folder; expected the name of its files", error.Message, StringComparison.Ordinal);
    }
}
