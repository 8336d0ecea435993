using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tests.Diagnostics;

public sealed class CountTextTests
{
    [Theory]
    [InlineData(0, "session", "0 sessions")]
    [InlineData(1, "session", "1 session")]
    [InlineData(2, "session", "2 sessions")]
    [InlineData(1, "address", "1 address")]
    [InlineData(2, "address", "2 addresses")]
    [InlineData(12345, "more member", "12345 more members")]
    public void One_is_told_as_one(int number, string what, string text) => Assert.Equal(text, CountText.Of(number, what));

    [Theory]
    [InlineData(0, "0 lines are", "0 lines were")]
    [InlineData(1, "1 line is", "1 line was")]
    [InlineData(2, "2 lines are", "2 lines were")]
    public void The_verb_follows(int number, string now, string before) =>
        Assert.Equal((now, before), (CountText.Are(number, "line"), CountText.Were(number, "line")));
}
