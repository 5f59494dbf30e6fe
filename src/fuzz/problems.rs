use crate::base::Problems;

/// Each problem has a place in the text, and can be shown.
pub(super) fn lie_in(text: &str, problems: &Problems) {
    assert!(
        !problems.list().is_empty(),
        "it is refused without a reason"
    );
    for problem in problems.list() {
        assert!(!problem.message.is_empty() && !problem.help.is_empty());
        assert!(text.get(problem.span.clone()).is_some(), "{problem:?}");
    }
    assert_eq!(problems.placed().count(), problems.list().len());
    assert!(!problems.to_string().is_empty());
}
