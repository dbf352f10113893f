"""The addresses of the workbench, the board and the wall."""

from django.urls import path

from .pages import acts, board, customers, lists, opening, presence, queue, saved_views, workbench, writing

urlpatterns = [
    path("", workbench.workbench, name="workbench"),
    path("board", board.board, name="board"),
    path("board/piece", board.board_piece, name="board_piece"),
    path("board/kept", board.kept_pill, name="board_kept"),
    path("board/figures/<slug:figure>", board.board_figure, name="board_figure"),
    path("presence", presence.presence, name="presence"),
    path("queue", queue.queue_piece, name="queue"),
    path("queue/filters", queue.queue_filters, name="queue_filters"),
    path("cases", opening.create_case, name="cases"),
    path("cases/new", opening.new_case, name="new_case"),
    path("cases/list", lists.cases, name="case_list"),
    path("customers", lists.customers, name="customers"),
    path("customers/<int:customer_id>", customers.customer, name="customer"),
    path("customers/<int:customer_id>/reveals/<str:what>", customers.reveal, name="customer_reveals"),
    path("lists/<slug:place>/columns", lists.columns, name="list_columns"),
    path("lists/<slug:place>/exports", lists.exports, name="list_exports"),
    path("lists/<slug:place>/views", saved_views.create_view, name="list_views"),
    path("views/<int:view_id>/query", saved_views.change_query, name="saved_view_query"),
    path("views/<int:view_id>/name", saved_views.change_name, name="saved_view_name"),
    path("views/<int:view_id>/team", saved_views.change_team, name="saved_view_team"),
    path("views/<int:view_id>/place", saved_views.change_place, name="saved_view_place"),
    path("views/<int:view_id>/removal", saved_views.remove, name="saved_view_removal"),
    path("cases/<str:reference>", workbench.case_page, name="case"),
    path("cases/<str:reference>/conversation", workbench.conversation_piece, name="case_conversation"),
    path("cases/<str:reference>/promises", workbench.promises_piece, name="case_promises"),
    path("cases/<str:reference>/replies", writing.add_reply, name="case_replies"),
    path("cases/<str:reference>/replies/<int:reply_id>/return", writing.take_back_reply, name="case_reply_return"),
    path("cases/<str:reference>/drafts/<slug:kind>", writing.save_draft, name="case_drafts"),
    path("cases/<str:reference>/canned-answers", writing.canned_answers, name="case_canned_answers"),
    path("cases/<str:reference>/colleagues", writing.colleagues, name="case_colleagues"),
    path("cases/<str:reference>/notes", writing.create_note, name="case_notes"),
    path("cases/<str:reference>/closure", acts.create_closure, name="case_closure"),
    path("cases/<str:reference>/reopenings", acts.create_reopening, name="case_reopenings"),
    path("cases/<str:reference>/owner", acts.set_owner, name="case_owner"),
    path("cases/<str:reference>/reveals/<str:what>", acts.create_reveal, name="case_reveals"),
]
